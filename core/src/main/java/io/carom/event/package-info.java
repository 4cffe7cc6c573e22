/// The OCSF event: classes, attributes, batches of flat columns, observables and findings. Plain data, no
/// I/O.
@NullMarked
package io.carom.event;

import org.jspecify.annotations.NullMarked;
