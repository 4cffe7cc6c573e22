/// Incidents of several clients that are one intruder's, and who else he is likely to reach.
@NullMarked
package io.carom.campaign;

import org.jspecify.annotations.NullMarked;
