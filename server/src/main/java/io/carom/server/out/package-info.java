/// Incidents on their way out: in the shapes of other programs, and to where they are sent by
/// themselves.
@NullMarked
package io.carom.server.out;

import org.jspecify.annotations.NullMarked;
