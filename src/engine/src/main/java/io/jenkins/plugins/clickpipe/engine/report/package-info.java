/** What a run leaves for people and programs: artifacts, events, progress and text tables. */
package io.jenkins.plugins.clickpipe.engine.report;
