/** Requests to the sandbox server. Errors become sentences for the person. */

/** The server refused a request; `status` is the HTTP status, the message a sentence for the person. */
export class RequestError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const UNREACHABLE = "The sandbox isn’t responding. Is it still running?";

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error(UNREACHABLE);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new RequestError(body.message ?? body.error ?? `The sandbox returned an error (HTTP ${response.status}).`, response.status);
  return body;
}

/** GET /sandbox/… → JSON. */
export function read(what, query = {}) {
  const wanted = Object.entries(query).filter(([, value]) => value);
  return call(`/sandbox/${what}?${new URLSearchParams(wanted)}`, { cache: "no-store" });
}

/** POST /sandbox/… with a JSON body → JSON. */
export function send(what, body) {
  return call(`/sandbox/${what}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

/** Server-Sent Events for one person. */
export function listen(me, { onEvent, onOpen, onBreak }) {
  const source = new EventSource(`/sandbox/stream?${new URLSearchParams({ as: me })}`);
  source.addEventListener("open", onOpen);
  source.addEventListener("error", onBreak);
  source.addEventListener("message", (event) => onEvent(JSON.parse(event.data)));
  return () => source.close();
}

/** As `read`; null where the sandbox isn't responding, which the banner already says. */
export async function readIfThere(what, query) {
  try {
    return await read(what, query);
  } catch {
    return null;
  }
}

/** A function that has `action` happen `ms` after it is called, and once only however often it is called until then. */
export function soon(action, ms) {
  let timer = null;
  return () => { timer ??= setTimeout(() => { timer = null; action(); }, ms); };
}
