/// How the sources that feed a live line are: when each was last heard, how late and by what clock its
/// events come, what of it is not understood, and what of that is out of the ordinary.
@NullMarked
package io.carom.health;

import org.jspecify.annotations.NullMarked;
