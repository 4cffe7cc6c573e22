// What this browser keeps: keys as handles that cannot be read, and which key belongs to whom as last seen.

let database = null;

function open() {
  database ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open('carom-mail', 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('keys', { keyPath: 'fingerprint' });
      asked.result.createObjectStore('known', { keyPath: 'name' });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return database;
}

async function run(store, mode, work) {
  const opened = await open();
  return new Promise((resolve, reject) => {
    const transaction = opened.transaction(store, mode, { durability: 'strict' });
    const asked = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Keys with `certificate` and `authority` (DER), `address`, `domain`, `sign`, `agree`, `made`; the newest first. */
export async function keys() {
  const all = await run('keys', 'readonly', (s) => s.getAll());
  return all.sort((a, b) => b.made - a.made);
}

const keepKey = (key) => run('keys', 'readwrite', (s) => s.put(key));
/** Keeps a key with the certificate that it has now. */
export async function keepMember(key, certificate, authority, domain) {
  // The browser is asked not to clear this when space runs short.
  if (navigator.storage?.persist) await navigator.storage.persist();
  await keepKey({
    fingerprint: certificate.fingerprint,
    address: certificate.address,
    domain,
    certificate: certificate.der,
    authority: authority.der,
    sign: key.sign,
    agree: key.agree,
    made: Date.now(),
  });
}

export const forgetKeys = () => run('keys', 'readwrite', (s) => s.clear());

/** Whose key was seen, by address or by `authority:DOMAIN`: `fingerprint`, `since`, `compared`. */
export const known = (name) => run('known', 'readonly', (s) => s.get(name));
export const remember = (entry) => run('known', 'readwrite', (s) => s.put(entry));
