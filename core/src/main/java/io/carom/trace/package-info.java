/// Who talked to whom, and over which supplier link.
@NullMarked
package io.carom.trace;

import org.jspecify.annotations.NullMarked;
