/// Mail in: what members submit and what other networks hand over (RFC 5321, RFC 6409).
@NullMarked
package io.carom.mailnet.smtp;

import org.jspecify.annotations.NullMarked;
