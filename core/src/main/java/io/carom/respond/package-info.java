/// What must be told to whom by when, and how far the response has come.
@NullMarked
package io.carom.respond;

import org.jspecify.annotations.NullMarked;
