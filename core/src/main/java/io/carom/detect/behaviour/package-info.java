/// Behaviour analytics: one file each, keyed and streaming in event time, knowing neither the engine
/// that runs them nor any scenario. Start at {@link io.carom.detect.behaviour.Analytic}.
@NullMarked
package io.carom.detect.behaviour;

import org.jspecify.annotations.NullMarked;
