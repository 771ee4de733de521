"""What a workspace remembers: answers it stands for, opinions, words of its own, open questions."""
