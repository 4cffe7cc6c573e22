/// Organisations, what they own, and the links by which suppliers reach clients.
@NullMarked
package io.carom.party;

import org.jspecify.annotations.NullMarked;
