/// Mail read: IMAP4rev1 (RFC 3501) and what mail programs use beside it.
@NullMarked
package io.carom.mailnet.imap;

import org.jspecify.annotations.NullMarked;
