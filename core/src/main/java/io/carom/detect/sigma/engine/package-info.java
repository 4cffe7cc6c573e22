/// All rules at once: for each kind of event one {@link io.carom.detect.sigma.engine.Program}.
///
/// What decides the speed: each distinct value of a field is asked once and its answer remembered; all
/// texts of a field's tests lie in one automaton; what a rule asks of one field is one bit; and a rule is
/// only looked at when a bit has turned without which it cannot match.
@NullMarked
package io.carom.detect.sigma.engine;

import org.jspecify.annotations.NullMarked;
