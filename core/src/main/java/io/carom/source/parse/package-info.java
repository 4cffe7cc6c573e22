/// Cutting records into native fields: JSON, delimited, key=value, syslog headers, times. Knows no product.
@NullMarked
package io.carom.source.parse;

import org.jspecify.annotations.NullMarked;
