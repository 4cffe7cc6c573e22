/// What in a mail speaks for or against it, an aspect a file.
@NullMarked
package io.carom.mail.sign;

import org.jspecify.annotations.NullMarked;
