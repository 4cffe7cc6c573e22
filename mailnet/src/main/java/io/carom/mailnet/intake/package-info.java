/// What a mail has to be before it is taken, however it comes: rules of its head, encrypted as a whole,
/// readable by those it is for.
@NullMarked
package io.carom.mailnet.intake;

import org.jspecify.annotations.NullMarked;
