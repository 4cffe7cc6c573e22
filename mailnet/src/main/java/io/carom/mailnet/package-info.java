/// A mail network of one's own: members by invitation, encrypted mail only, nobody else.
@NullMarked
package io.carom.mailnet;

import org.jspecify.annotations.NullMarked;
