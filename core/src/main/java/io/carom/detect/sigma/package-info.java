/// Sigma: rules as the field writes them, and an engine that asks all of them at once.
///
/// A rule file becomes a {@link io.carom.detect.sigma.Rule} with a plain {@link
/// io.carom.detect.sigma.Expression}; rules are sorted by what they speak of ({@link
/// io.carom.detect.sigma.LogSource}); all rules of one kind of event are compiled into one program.
@NullMarked
package io.carom.detect.sigma;

import org.jspecify.annotations.NullMarked;
