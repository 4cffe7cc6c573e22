/// Names that are made to be taken for others.
@NullMarked
package io.carom.mail.name;

import org.jspecify.annotations.NullMarked;
