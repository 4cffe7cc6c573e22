/// Mails (RFC 5322, MIME) as native fields and OCSF attributes.
@NullMarked
package io.carom.source.mail;

import org.jspecify.annotations.NullMarked;
