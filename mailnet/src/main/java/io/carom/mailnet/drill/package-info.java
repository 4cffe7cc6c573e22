/// Rehearsals: how long it takes until all have answered.
@NullMarked
package io.carom.mailnet.drill;

import org.jspecify.annotations.NullMarked;
