/// The STIX pattern language: read, written and tried on observations (STIX 2.0 Part 5; STIX 2.1 section
/// 9).
@NullMarked
package io.carom.intel.pattern;

import org.jspecify.annotations.NullMarked;
