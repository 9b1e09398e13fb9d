// Tests of training follow.
