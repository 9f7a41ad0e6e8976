// A page of courses with the advisor's chat: it opens, closes and asks, says who is signed in, and hears what happens.

import {useState} from 'react';
import {useAdvisorChat} from 'micro-credential-advisor-widget/react';

const COURSES = ['Nursing', 'Data analysis'];

export function App({host, site}) {
  const [shown, setShown] = useState(true);
  return (
    <>
      <h1>Courses</h1>
      <button onClick={() => setShown(!shown)}>{shown ? 'Without the advisor' : 'With the advisor'}</button>
      {shown && <Courses host={host} site={site} />}
    </>
  );
}

function Courses({host, site}) {
  const [state, setState] = useState('is being fetched');
  const [answers, setAnswers] = useState(0);
  const [identity, setIdentity] = useState();
  const chat = useAdvisorChat({
    host,
    site,
    identity, // from your server, which signs it with the site's key
    onReady: () => setState('is there'),
    onOpened: () => setState('is open'),
    onClosed: () => setState('is closed'),
    onFailed: ({reason}) => setState(`cannot be shown: ${reason}`),
    onMessage: ({author}) => author === 'advisor' && setAnswers((before) => before + 1),
  });
  return (
    <>
      <p role="status">
        The advisor {state}. Answers on this page: {answers}.
      </p>
      <button onClick={() => chat.open()}>Open the advisor</button>
      <button onClick={() => chat.close()}>Close the advisor</button>
      <button onClick={() => fetch('/advisor-identity').then((answer) => answer.text()).then(setIdentity)}>Sign in</button>
      <button onClick={() => setIdentity('')}>Sign out</button>
      {COURSES.map((course) => (
        <section key={course}>
          <h2>{course}</h2>
          <button onClick={() => chat.ask(`What does a micro-credential in ${course.toLowerCase()} cost?`)}>
            Ask about {course}
          </button>
        </section>
      ))}
    </>
  );
}
