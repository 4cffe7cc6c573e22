/// A mail taken apart: fields, parts and their bytes, within bounds.
@NullMarked
package io.carom.mail.structure;

import org.jspecify.annotations.NullMarked;
