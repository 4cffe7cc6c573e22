/// Files that people write: YAML with places, every fault told at once.
@NullMarked
package io.carom.config;

import org.jspecify.annotations.NullMarked;
