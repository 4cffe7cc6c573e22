// Bytes, text and Base64.

const utf8 = new TextEncoder();

/** Text as UTF-8. */
export const bytesOf = (text) => utf8.encode(text);

/** A string of one character a byte, as bytes. */
export function ofBinary(binary) {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Bytes as a string of one character a byte: what browsers call Latin-1 moves some of them. */
export function ascii(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode.apply(null, bytes.subarray(i, i + 8192));
  }
  return text;
}

/** Texts and bytes, one behind the other. */
export function join(...parts) {
  const all = parts.map((p) => (typeof p === 'string' ? bytesOf(p) : new Uint8Array(p)));
  const whole = new Uint8Array(all.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of all) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Base64 in lines as mail has them; `width` 0 for one line. */
export function base64(data, width = 76) {
  const text = btoa(ascii(new Uint8Array(data)));
  return width ? text.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\r\n') : text;
}

/** What Base64 says, with line ends between its letters; anything else among them is an error. */
export function fromBase64(text) {
  const tight = text.replace(/\s+/g, '');
  return ofBinary(atob(tight));
}

export function pem(der, label) {
  return `-----BEGIN ${label}-----\n${base64(der, 64).replace(/\r/g, '')}-----END ${label}-----\n`;
}

export function fromPem(text) {
  const m = /-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END/.exec(text);
  if (!m) throw new Error('no PEM');
  return fromBase64(m[1]);
}

export function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, '0')).join('');
}
