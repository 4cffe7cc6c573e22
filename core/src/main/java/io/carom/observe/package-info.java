/// What an event says happened, as detectors of behaviour and the tracer need it: somebody contacted,
/// asked, signed in, started, was leased. Small records made once from an event, in whatever product's
/// words it came.
@NullMarked
package io.carom.observe;

import org.jspecify.annotations.NullMarked;
