// Calls to the front: always POST, the session in a header, nothing of it in an address.

import {jsonOf} from './json.js';

export class Refusal extends Error {
  constructor(status, words, retryAfter) {
    super(words);
    this.status = status;
    this.retryAfter = retryAfter; // seconds
  }
}

export class Api {
  constructor(widget) {
    this.base = `${widget.host}web/${widget.settings.site}/`;
    this.memory = widget.memory;
  }

  // The answer; Refusal where the front does not take it, TypeError where there is no connection.
  async call(path, body = {}, more = {}) {
    const token = this.memory.get('token');
    const answer = await fetch(this.base + path, {
      method: 'POST',
      credentials: 'omit',
      cache: 'no-store',
      headers: {'Content-Type': 'application/json', ...(token && {Authorization: `Bearer ${token}`})},
      body: jsonOf(body),
      ...more,
    });
    if (answer.ok) return answer;
    const words = await answer.json().then((said) => said.error, () => answer.statusText);
    throw new Refusal(answer.status, words, Number(answer.headers.get('Retry-After')) || 0);
  }

  async json(path, body) {
    return (await this.call(path, body)).json();
  }
}
