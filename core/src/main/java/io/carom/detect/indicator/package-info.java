/// Indicators against events: exact, by domain suffix, by network, by URL; millions at once.
@NullMarked
package io.carom.detect.indicator;

import org.jspecify.annotations.NullMarked;
