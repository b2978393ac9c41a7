"""Reading a page as a browser does: a tree of elements with their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

EMPTY = frozenset({"meta", "link", "input", "option", "path", "circle", "rect", "use", "br", "img"})
"""Elements that these pages never close."""

HIDDEN = frozenset({"script", "style", "template"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def words(self) -> str:
        """Its text with white space as a reader sees it."""
        return " ".join("".join(self._text()).split())

    def _text(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in HIDDEN:
                yield from child._text()
                yield "" if child.tag in ("a", "b", "span", "tspan", "small") else " "

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str | None = None, *, cls: str | None = None, **attributes: str) -> list[Element]:
        return [
            one
            for one in self.walk()
            if tag in (None, one.tag)
            and (cls is None or cls in one.classes)
            and all(one.get(name.rstrip("_")) == value for name, value in attributes.items())
        ]

    def one(self, tag: str | None = None, *, cls: str | None = None, **attributes: str) -> Element:
        found = self.all(tag, cls=cls, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {cls} {attributes}"
        return found[0]

    def inside(self, tag: str) -> bool:
        return self.parent is not None and (self.parent.tag == tag or self.parent.inside(tag))


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("document", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in EMPTY:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY:
            return
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def read(markup: str) -> Element:
    """The tree of a page. Fails on a page whose elements are not closed as they were opened."""
    builder = _Builder()
    builder.feed(markup)
    builder.close()
    assert builder.here is builder.root, f"<{builder.here.tag}> is never closed"
    return builder.root


def page(reply: httpx.Response, status: int = 200) -> Element:
    assert reply.status_code == status, reply.text[:2000]
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    return read(reply.text)


def card(front: Element, code: str) -> Element:
    """The card of a crossing on the first page."""
    return front.one("article", id=f"c-{code}")
