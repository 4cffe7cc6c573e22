// Mail as MIME: written here, read by postal-mime.

import PostalMime from 'postal-mime';
import { base64, bytesOf, join } from './bytes.js';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (n) => String(n).padStart(2, '0');

/** RFC 5322, in UTC: a zone would tell where the sender is. */
export function dateField(date) {
  return `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} `
    + `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

/** A random token for ids and boundaries. */
export function token() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Text for a header field: ASCII as it is, else encoded words (RFC 2047). Line ends cannot get in. */
export function encodedText(text) {
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  if (/^[ -~]*$/.test(line) && line.length < 60 && !line.includes('=?')) return line;
  const words = [];
  let chunk = '';
  for (const letter of line) {
    if (bytesOf(chunk + letter).length > 42) {
      words.push(chunk);
      chunk = '';
    }
    chunk += letter;
  }
  words.push(chunk);
  return words.map((w) => `=?utf-8?B?${base64(bytesOf(w), 0)}?=`).join('\r\n ');
}

function fileName(name) {
  const bare = name.replace(/[\u0000-\u001f\u007f"\\/]+/g, '_').slice(0, 150) || 'file';
  if (/^[ -~]+$/.test(bare)) return `filename="${bare}"`;
  const percent = Array.from(bytesOf(bare), (b) =>
    (/[A-Za-z0-9._-]/.test(String.fromCharCode(b)) ? String.fromCharCode(b) : `%${b.toString(16).toUpperCase().padStart(2, '0')}`));
  return `filename*=utf-8''${percent.join('')}`;
}

const addresses = (list) => list.join(',\r\n ');

/**
 * What stands inside: text, files, and the fields that only readers shall see, signed with the rest (RFC 9788).
 *
 * @param letter from, to, subject, text, files ({name, bytes}), date, id, answers, references
 */
export function entity(letter) {
  const fields = [
    `From: ${letter.from}`,
    `To: ${addresses(letter.to)}`,
    `Date: ${dateField(letter.date)}`,
    `Subject: ${encodedText(letter.subject)}`,
    `Message-ID: <${letter.id}>`,
  ].join('\r\n');
  const text = base64(bytesOf(letter.text.replace(/\r?\n/g, '\r\n')));
  if (!letter.files.length) {
    return bytesOf(
      `${fields}\r\nContent-Type: text/plain; charset=utf-8; hp="cipher"\r\nContent-Transfer-Encoding: base64\r\n\r\n${text}`);
  }
  const boundary = token();
  const parts = [
    `${fields}\r\nContent-Type: multipart/mixed; boundary="${boundary}"; hp="cipher"\r\n\r\n`
    + `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${text}`,
  ];
  for (const file of letter.files) {
    parts.push(
      `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n`
      + `Content-Disposition: attachment; ${fileName(file.name)}\r\n\r\n${base64(file.bytes)}`);
  }
  parts.push(`--${boundary}--\r\n`);
  return join(...parts);
}

/** What stands outside, where servers read it: of the subject only that there is one. */
export function envelope(letter) {
  const fields = [
    `From: ${letter.from}`,
    `To: ${addresses(letter.to)}`,
    `Date: ${dateField(letter.date)}`,
    'Subject: [...]',
    `Message-ID: <${letter.id}>`,
  ];
  if (letter.answers) {
    fields.push(`In-Reply-To: <${letter.answers}>`);
    fields.push(`References: ${[...letter.references, letter.answers].slice(-10).map((i) => `<${i}>`).join('\r\n ')}`);
  }
  return `${fields.join('\r\n')}\r\n`;
}

/** A whole mail, taken apart. Nothing of it is looked up anywhere. */
export function read(bytes) {
  return PostalMime.parse(bytes, { maxNestingDepth: 40, maxHeadersSize: 1 << 20, maxRfc822NestingDepth: 3 });
}
