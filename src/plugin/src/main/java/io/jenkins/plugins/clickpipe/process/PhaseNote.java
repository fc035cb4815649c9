package io.jenkins.plugins.clickpipe.process;

import hudson.Extension;
import hudson.MarkupText;
import hudson.console.ConsoleAnnotationDescriptor;
import hudson.console.ConsoleAnnotator;
import hudson.console.ConsoleNote;
import org.jenkinsci.Symbol;

/** Marks a line of the build log with which a phase of a run begins. */
public final class PhaseNote extends ConsoleNote<Object> {
    private static final long serialVersionUID = 1L;

    @Override
    public ConsoleAnnotator<Object> annotate(Object context, MarkupText text, int position) {
        text.addMarkup(0, text.length(), "<b class=\"clickpipe-phase\">", "</b>");
        return null;
    }

    @Extension
    @Symbol("clickPipePhase")
    public static final class DescriptorImpl extends ConsoleAnnotationDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.PhaseNote_DisplayName();
        }
    }
}
