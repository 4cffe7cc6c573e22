/// Formats that users describe in a YAML file, without code.
@NullMarked
package io.carom.source.user;

import org.jspecify.annotations.NullMarked;
