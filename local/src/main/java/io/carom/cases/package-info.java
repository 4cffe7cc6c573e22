/// What is kept in the home of investigations: incidents with their states and clocks, who worked on
/// them, and the sessions and suspicions that traces are read from.
@NullMarked
package io.carom.cases;

import org.jspecify.annotations.NullMarked;
