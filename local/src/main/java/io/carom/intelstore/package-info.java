/// The intelligence that a home keeps, and the way from files to it.
@NullMarked
package io.carom.intelstore;

import org.jspecify.annotations.NullMarked;
