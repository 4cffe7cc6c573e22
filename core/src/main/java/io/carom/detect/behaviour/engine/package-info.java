/// Runs analytics on one machine: keyed states in bounded tables, event time, and what is common knowledge
/// (who is in touch with what) beside them.
@NullMarked
package io.carom.detect.behaviour.engine;

import org.jspecify.annotations.NullMarked;
