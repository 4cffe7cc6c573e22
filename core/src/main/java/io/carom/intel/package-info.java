/// Indicators and warninglists: in and out of files.
@NullMarked
package io.carom.intel;

import org.jspecify.annotations.NullMarked;
