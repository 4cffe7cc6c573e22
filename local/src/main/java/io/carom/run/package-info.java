/// The line on one machine: reads, keeps, detects, groups.
@NullMarked
package io.carom.run;

import org.jspecify.annotations.NullMarked;
