/// What several rooms ask of texts.
@NullMarked
package io.carom.text;

import org.jspecify.annotations.NullMarked;
