/// What each client must be told: its own sightings, path and actions, and nothing of anybody else.
@NullMarked
package io.carom.advise;

import org.jspecify.annotations.NullMarked;
