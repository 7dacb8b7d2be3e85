"""Read-side sections that are open, and grace periods that wait for them.

A section is open from its beginning until its end has reached memory, behind the stores before it. A grace period waits for
the sections that are open when it begins. Of sections with one name a CPU begins one after the other, so that the next to end
is the oldest.
"""

from collections.abc import Iterable

from gupproof.meaning.requests import RCU, Section

# How many of each are meant; sorted, so that equal states are equal.
Sections = tuple[tuple[Section, int], ...]


def with_one_more(sections: Sections, section: Section) -> Sections:
    """Return the sections with another one."""
    counted = dict(sections)
    counted[section] = counted.get(section, 0) + 1
    return tuple(sorted(counted.items()))


def with_one_less(sections: Sections, section: Section) -> Sections:
    """Return the sections without the oldest of a name; as they are if there is none."""
    counted = dict(sections)
    if section not in counted:
        return sections
    counted[section] -= 1
    return tuple(sorted((item, count) for item, count in counted.items() if count))


def awaited(sections: Sections, domain: str) -> Sections:
    """Return what a grace period of a domain waits for that begins now."""
    return tuple((section, count) for section, count in sections if section.domain == domain)


def awaited_by_callback(sections: Sections, cpu: str, inside: Iterable[Section]) -> Sections:
    """Return what the grace period of a callback waits for.

    Args:
        sections: those that are open when the stores before the ``call_rcu()`` have reached memory.
        cpu: where that stands; the sections that began there behind it are not waited for.
        inside: the sections it stands in.

    """
    others = [(section, count) for section, count in awaited(sections, RCU) if section.cpu != cpu]
    return tuple(sorted([*others, *((section, 1) for section in inside)]))
