/// SPF, DKIM, DMARC and ARC of a stored mail, by DNS answers that are given.
@NullMarked
package io.carom.mail.auth;

import org.jspecify.annotations.NullMarked;
