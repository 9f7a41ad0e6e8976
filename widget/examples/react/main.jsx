import {StrictMode} from 'react';
import {createRoot} from 'react-dom/client';
import {App} from './App.jsx';

const said = (name) => document.querySelector(`meta[name=advisor-${name}]`).content;

createRoot(document.querySelector('#app')).render(
  <StrictMode>
    <App host={said('host')} site={said('site')} />
  </StrictMode>,
);
