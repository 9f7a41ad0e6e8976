// Several tabs of a site in one browser: one of them holds the stream, all are told what comes.
// Without Web Locks (a page that is not served over HTTPS) each tab has its own stream; what they know is the same.

export class Tabs {
  constructor(name, told) {
    this.name = name;
    this.channel = 'BroadcastChannel' in window ? new BroadcastChannel(name) : null;
    if (this.channel) this.channel.onmessage = ({data}) => told(data);
  }

  tell(what) {
    this.channel?.postMessage(what);
  }

  // Run `job` for as long as this tab is the one that leads; `signal` ends its wish to.
  async lead(job, signal) {
    if (!navigator.locks) return job();
    try {
      await navigator.locks.request(this.name, {signal}, job);
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
    }
  }
}
