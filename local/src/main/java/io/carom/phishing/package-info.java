/// From a phish to its story: who got it, what came of it, and what to tell whom.
@NullMarked
package io.carom.phishing;

import org.jspecify.annotations.NullMarked;
