/// From findings to a few stories that people can act on.
@NullMarked
package io.carom.incident;

import org.jspecify.annotations.NullMarked;
