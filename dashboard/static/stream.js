// The connection to the server: a stream of events, asking again and again where there is none, and the truth about both.
// Every message that changes a list has the id of the event after which it goes on, so nothing is lost or told twice.

const ASK_EVERY = 2000, SILENT_AFTER = 12000, STALE_AFTER = 10000;
const NAMES = ['hello', 'beat', 'whole', 'changes', 'reload', 'newest', 'trouble', 'frames', 'switches', 'endpoints', 'access', 'experiments', 'faults'];

export class Stream {
  constructor(run, at, take, told) {
    Object.assign(this, { run, at, take, told, source: null, heard: performance.now(), lost: 0, paused: false, asking: 0, why: '' });
    setInterval(() => this.check(), 1000);
    document.addEventListener('visibilitychange', () => document.hidden ? this.close() : this.open());
    addEventListener('pagehide', () => this.close());
    this.open();
  }

  open() {
    if (this.source || this.asking || this.paused || document.hidden) return;
    this.heard = performance.now();
    // A browser repeats a lost stream with the address that it had, so the place is told anew each time.
    const source = this.source = new EventSource(`/runs/${encodeURIComponent(this.run)}/stream?after=${this.at}`);
    for (const name of NAMES) source.addEventListener(name, event => this.receive(name, event.data, Number(event.lastEventId) || 0));
    source.onerror = () => this.fail();
  }

  close() {
    this.source?.close();
    this.source = null;
    clearInterval(this.asking);
    this.asking = 0;
  }

  receive(name, data, id) {
    this.heard = performance.now();
    if (this.lost) { this.lost = 0; this.told('back') }
    this.told(this.asking ? 'asking' : 'live', this.why);
    if (name === 'changes' || name === 'reload') {
      if (id <= this.at && !(name === 'reload' && !id)) return; // a store that is another one has no place to go on at
      this.at = id || this.at;
    }
    this.take(name, JSON.parse(data));
  }

  // The server is gone, or has no seat for a stream: one question tells which.
  async fail() {
    this.close();
    this.lost ||= performance.now();
    this.told('lost');
    await this.ask();
  }

  async ask() {
    try {
      const answer = await fetch(`/runs/${encodeURIComponent(this.run)}/since?after=${this.at}`, { headers: { accept: 'application/json' } });
      if (answer.status === 401) { location.assign('/enter'); return }
      if (answer.status === 404) { location.reload(); return } // removed meanwhile, which the page then says
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      if (this.paused || document.hidden || this.source) return;
      const first = !this.asking && !this.tried;
      this.tried = true;
      if (first) { this.reopen(told); return }
      this.asking ||= setInterval(() => this.ask(), ASK_EVERY);
      this.why = 'no stream was free, so it asks every two seconds';
      this.apply(told);
    } catch { // still gone
      this.close();
      this.lost ||= performance.now();
      this.told('lost');
      setTimeout(() => { if (!this.source && !this.asking && this.lost) this.ask() }, 1000);
    }
  }

  // It answers: so a stream may work again. If that fails at once, it is asked from then on.
  reopen(told) {
    this.apply(told);
    this.open();
    setTimeout(() => { this.tried = false }, 3000);
  }

  apply(told) {
    this.receive('hello', JSON.stringify({ csrf: told.csrf }), 0);
    for (const each of told.messages) this.receive(each.name, JSON.stringify(each.data), each.id || 0);
  }

  // A connection can be gone without anybody saying so.
  check() {
    const quiet = performance.now() - this.heard;
    if (this.source && quiet > SILENT_AFTER) this.fail();
    document.documentElement.classList.toggle('stale', Boolean(this.lost) && performance.now() - this.lost > STALE_AFTER);
    this.told('tick', quiet);
  }

  pause(paused) {
    this.paused = paused;
    if (paused) this.close();
    else this.open();
  }
}
