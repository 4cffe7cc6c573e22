/// Whether a mail is encrypted, and mail that Carom itself encrypts (S/MIME, RFC 8551).
@NullMarked
package io.carom.mailnet.seal;

import org.jspecify.annotations.NullMarked;
