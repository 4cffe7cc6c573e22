/// Keys and certificates: how they are made, and how they are kept in files.
@NullMarked
package io.carom.certificate;

import org.jspecify.annotations.NullMarked;
