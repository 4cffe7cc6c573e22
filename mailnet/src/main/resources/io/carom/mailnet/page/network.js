// Asks the network's server, on the address that this page came from and no other.

let token = '';

/** A no of the server's, in its words. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function ask(method, path, body, type) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers['Content-Type'] = type;
  let answer;
  try {
    answer = await fetch(path, { method, headers, body, cache: 'no-store', credentials: 'same-origin', redirect: 'error' });
  } catch {
    throw new Refused('The network does not answer. Is this machine connected?', 0);
  }
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 401) token = '';
    throw new Refused(told.error || `The network answered ${answer.status}.`, answer.status);
  }
  return answer;
}

const query = (values) => new URLSearchParams(values).toString();

export async function json(method, path, body) {
  const answer = await ask(method, path, body === undefined ? undefined : JSON.stringify(body), 'application/json');
  return answer.json();
}

export async function text(path) {
  return (await ask('GET', path)).text();
}

async function signIn(shown) {
  const told = await json('POST', '/page/api/sign-in', shown);
  token = told.token;
  return told;
}

/** By a key: the server asks something that only its holder can answer. */
export async function signInByKey(key, answer) {
  const { nonce } = await json('POST', '/page/api/challenge', {});
  return signIn({ fingerprint: key.fingerprint, nonce, signature: await answer(key.sign, key.domain, nonce) });
}

export const signInByPassword = (address, password, code) => signIn({ address, password: password + code });
export const signInByCertificate = () => signIn({});

export async function signOut() {
  if (token) await json('POST', '/page/api/sign-out', {}).catch(() => {});
  token = '';
}

export const join = (code, request) =>
  ask('POST', `/join/${encodeURIComponent(code)}`, request, 'application/pkcs10').then((a) => a.json());
export const authority = () => text('/ca.crt');
export const renew = (request) =>
  ask('POST', '/page/api/renew', request, 'application/pkcs10').then((a) => a.json());

export const directory = () => json('GET', '/page/api/directory');
export const boxes = () => json('GET', '/page/api/boxes');
export const mails = (box, before) => json('GET', `/page/api/mails?${query(before ? { box, before } : { box })}`);
export const wait = (box, state) => json('GET', `/page/api/wait?${query({ box, state })}`);
export const flag = (box, uid, add, remove) => json('POST', `/page/api/flag?${query({ box, uid })}`, { add, remove });
export const move = (box, uid, to) => json('POST', `/page/api/move?${query({ box, uid, to })}`, {});

export async function mail(box, uid) {
  return new Uint8Array(await (await ask('GET', `/page/api/mail?${query({ box, uid })}`)).arrayBuffer());
}

export const send = (to, bytes) => ask('POST', `/page/api/send?${query({ to: to.join(',') })}`, bytes, 'message/rfc822');
export const keep = (box, bytes) => ask('POST', `/page/api/keep?${query({ box })}`, bytes, 'message/rfc822');
