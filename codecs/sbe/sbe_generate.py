#!/usr/bin/env python3
"""Writes the messages of SBE schemas as C++ constants (codecs/message.h), at build time.

    sbe_generate.py --namespace=fh::codecs::cme --guard=X_H_ --out=cme_schema.h old.xml new.xml

Several files are versions of one schema, the oldest first: a template is taken from the last file that has it, with
that file's types. What comes out, for a message MDBook46 with a group NoMDEntries:

    namespace md_book46 {                        // Names as sbe_schema.h makes them: snake_case.
    inline constexpr LittleEndian<uint64_t> kTransactTime{...};      kTransactTime(message), .Put(message, 7)
    namespace no_md_entries {
    inline constexpr auto kMdEntryPx = ...;      // Offsets from the entry's first byte.
    inline constexpr GroupInfo kGroup{...};
    }
    inline constexpr MessageInfo kMessage{...};
    }
    inline constexpr const MessageInfo* kMessages[] = {...};         Of all files, by template id.

The descriptions equal those that SbeSchema reads of the same file at run time, but for MessageInfo::length: here it is
the least that the template's first version demands. A test holds the two readers against each other.
What is wrong in a file is said with the file's and the element's name, and nothing is written.
"""

import argparse
import re
import sys
import xml.etree.ElementTree as ElementTree

PRIMITIVES = {
    'char': (1, 'kChar'), 'int8': (1, 'kSigned'), 'int16': (2, 'kSigned'), 'int32': (4, 'kSigned'),
    'int64': (8, 'kSigned'), 'uint8': (1, 'kUnsigned'), 'uint16': (2, 'kUnsigned'), 'uint32': (4, 'kUnsigned'),
    'uint64': (8, 'kUnsigned'), 'float': (4, 'kFloat'), 'double': (8, 'kFloat')}
MOST_EXPONENT = 64
MOST_DEPTH = 8


class SchemaError(Exception):
    pass


def local(node):
    return node.tag.rsplit('}', 1)[-1]


def text_of(node):
    return (node.text or '').strip()


def snake_case(name):
    """As SnakeCase of schema_source.cc."""
    out = ''
    for i, letter in enumerate(name):
        if i and letter.isupper():
            before = name[i - 1]
            ends = before.islower() or before.isdigit() or (i + 1 < len(name) and name[i + 1].islower())
            if ends and out and out[-1] != '_':
                out += '_'
        if letter.isascii() and letter.isalnum():
            out += letter.lower()
        elif out and out[-1] != '_':
            out += '_'
    return out.strip('_') or 'unnamed'


def constant_name(snake):
    return 'k' + ''.join(word[:1].upper() + word[1:] for word in snake.split('_'))


def quoted(text):
    safe = re.sub(r'[^ -~]|["\\]', '_', text)
    return '"' + safe.replace('??', '?\\?') + '"'


class Field:
    """One field: FieldInfo's members."""

    def __init__(self, length, kind, big):
        self.name = ''
        self.offset = 0
        self.length = length
        self.kind = kind
        self.decimals = 0
        self.signed = kind == 'kSigned'
        self.big = big
        self.presence = 'kRequired'
        self.since = 0
        self.number = self.default_null()
        self.text = None
        self.names = None  # (enum's name, [(value, name)])
        self.scaled = None

    def default_null(self):
        if self.kind == 'kUnsigned':
            return (1 << 8 * self.length) - 1
        if self.kind == 'kSigned':
            return -(1 << (8 * self.length - 1))
        return 0

    def copy(self):
        other = Field.__new__(Field)
        other.__dict__.update(self.__dict__)
        return other

    def parse(self, text, where):
        """A value as XML has it: of a letter, the letter."""
        if self.kind == 'kChar' and len(text) == 1:
            return ord(text)
        try:
            value = int(text)
        except ValueError:
            raise SchemaError(f"{where}: '{text}' is no value of its type") from None
        bits = 8 * (self.length or 8)
        if not (-(1 << (bits - 1)) if self.signed else 0) <= value < (1 << bits):
            raise SchemaError(f'{where}: {value} does not fit into its type')
        return value


class Schema:
    """One file."""

    def __init__(self, path):
        self.path = path
        try:
            root = ElementTree.parse(path).getroot()
        except (OSError, ElementTree.ParseError) as error:
            raise SchemaError(f'{path}: {error}; is this a schema, and whole?') from None
        if local(root) != 'messageSchema':
            raise SchemaError(f"{path}: the document is '{local(root)}', not a messageSchema")
        self.id = int(root.get('id', '0'))
        self.big = root.get('byteOrder') == 'bigEndian'
        self.types = {}
        for types in root:
            if local(types) != 'types':
                continue
            for node in types:
                if self.types.setdefault(node.get('name'), node) is not node:
                    self.fail(node, 'a second type of this name')
        self.header = self.composite(self.types.get(root.get('headerType', 'messageHeader')), root, 0)
        self.header_size = self.header[1]
        self.messages = [node for node in root if local(node) == 'message']

    def fail(self, node, why):
        raise SchemaError(f"{self.path}: {local(node)} '{node.get('name')}': {why}")

    def place(self, node, end):
        text = node.get('offset')
        if not text:
            return end
        if int(text) < end:
            self.fail(node, f'the offset {text} lies within the field before, which ends at {end}')
        return int(text)

    def primitive(self, name):
        length, kind = PRIMITIVES[name]
        return Field(length, kind, self.big)

    def resolve(self, name, user, depth=0):
        """The members [(name, Field)] of a type, and its size."""
        if name in self.types:
            return self.resolve_node(self.types[name], user, depth)
        if name not in PRIMITIVES:
            self.fail(user, f"there is no type called '{name}'")
        field = self.primitive(name)
        self.say(user, field)
        return [('', field)], 0 if field.presence == 'kConstant' else field.length

    def resolve_node(self, node, user, depth):
        if depth >= MOST_DEPTH:
            self.fail(node, 'types within types too deep; is one a part of itself?')
        kind = local(node)
        if kind == 'type':
            members, size = self.simple(node)
        elif kind in ('enum', 'set'):
            members, size = self.named(node)
        elif kind == 'composite':
            members, size = self.composite(node, user, depth + 1)
        else:
            self.fail(node, 'no element of a schema')
        if len(members) == 1 and user is not node:
            self.say(user, members[0][1])
            if members[0][1].presence == 'kConstant':
                size = 0
        return members, size

    def say(self, user, field):
        """What the element says of a field besides its type."""
        semantic = user.get('semanticType')
        if semantic == 'UTCTimestamp' and field.length == 8 and not field.names:
            field.kind = 'kUnixNs'
        elif semantic == 'LocalMktDate' and field.kind == 'kUnsigned' and field.length == 2:
            field.kind = 'kUnixDays'
        null = user.get('nullValue')
        if null and field.kind not in ('kFloat', 'kAlpha'):
            field.number = field.parse(null, f"{self.path}: '{user.get('name')}'")
        presence = user.get('presence')
        if presence == 'optional':
            field.presence = 'kOptional'
        elif presence == 'required':
            field.presence = 'kRequired'
        elif presence == 'constant':
            if user.get('valueRef'):
                enum, value = user.get('valueRef').split('.', 1)
                for choice in self.types.get(enum, ()):
                    if choice.get('name') == value:
                        return self.constant(user, text_of(choice), field)
                self.fail(user, f"the valueRef '{user.get('valueRef')}' names no value of an enum")
            if field.presence != 'kConstant' or text_of(user):
                self.constant(user, text_of(user), field)
        elif presence:
            self.fail(user, f"the presence '{presence}' is none of required, optional and constant")
        return None

    def constant(self, user, text, field):
        field.presence = 'kConstant'
        if field.kind in ('kAlpha', 'kChar'):
            field.text = text
            field.number = ord(text) if len(text) == 1 else 0
        else:
            field.number = field.parse(text, f"{self.path}: '{user.get('name')}'")
        field.length = 0

    def simple(self, node):
        name = node.get('primitiveType')
        if name not in PRIMITIVES:
            self.fail(node, f"the primitive type '{name}' is not of SBE 1.0")
        count = int(node.get('length') or 1)
        field = self.primitive(name)
        is_text = field.kind == 'kChar'
        is_constant = node.get('presence') == 'constant'
        if is_text and (count != 1 or (is_constant and len(text_of(node)) > 1)):
            field.kind = 'kAlpha'
            field.length = count
        self.say(node, field)
        if is_constant:
            return [('', field)], 0
        if is_text or count == 1:
            return [('', field)], field.length
        members = []
        for i in range(count):
            element = field.copy()
            element.offset = i * field.length
            members.append((str(i + 1), element))
        return members, count * field.length

    def named(self, node):
        """An enum or a set."""
        encoding = node.get('encodingType')
        if encoding in self.types:
            members, size = self.simple(self.types[encoding])
            if len(members) != 1 or not 0 < size <= 8:
                self.fail(node, 'its encodingType is no type of one number or letter')
            field = members[0][1]
        elif encoding in PRIMITIVES:
            field = self.primitive(encoding)
        else:
            self.fail(node, f"the encodingType '{encoding}' is not there")
        is_set = local(node) == 'set'
        values = []
        for choice in node:
            if local(choice) == ('choice' if is_set else 'validValue'):
                text = text_of(choice)
                value = int(text) if is_set else field.parse(text, f"{self.path}: '{node.get('name')}'")
                if is_set and not 0 <= value < 8 * field.length:
                    self.fail(choice, 'no bit of its set')
                values.append((value, choice.get('name')))
        field.names = (node.get('name'), values)
        if is_set:
            field.kind = 'kFlags'
            field.signed = False
        return [('', field)], field.length

    def composite(self, node, user, depth):
        if node is None or local(node) != 'composite':
            self.fail(user, 'there is no composite of the name that it gives')
        members, size = [], 0
        for part in node:
            if local(part) == 'ref':
                inner, length = self.resolve(part.get('type'), part, depth)
            else:
                inner, length = self.resolve_node(part, part, depth)
            offset = self.place(part, size)
            name = snake_case(part.get('name'))
            for inner_name, field in inner:
                field.offset += offset
                members.append((f'{name}_{inner_name}' if inner_name else name, field))
            if length:
                size = offset + length
        decimal = self.decimal(members, size)
        return ([('', decimal)], size) if decimal else (members, size)

    @staticmethod
    def decimal(members, size):
        """A number with its own scale."""
        parts = dict(members)
        if len(members) != 2 or set(parts) != {'mantissa', 'exponent'}:
            return None
        mantissa, exponent = parts['mantissa'], parts['exponent']
        if mantissa.kind not in ('kSigned', 'kUnsigned') or mantissa.presence == 'kConstant':
            return None
        field = mantissa.copy()
        if exponent.presence == 'kConstant':
            if abs(exponent.number) > MOST_EXPONENT:
                return None
            field.kind, field.decimals = 'kDecimal', -exponent.number
            return field
        if exponent.length != 1 or size > 255:
            return None
        field.kind = 'kScaled'
        field.scaled = (mantissa.offset, mantissa.length, exponent.offset)
        field.offset, field.length = 0, size
        return field

    def dimension(self, name, user):
        return self.composite(self.types.get(name), user, 0)

    def number_in(self, members, name, user):
        for member, field in members:
            if member == name and field.kind == 'kUnsigned' and field.presence != 'kConstant':
                return f'{{{field.offset}, {field.length}}}'
        return self.fail(user, f"its composite has no unsigned member '{name}'")


class Writer:
    """Messages as C++."""

    def __init__(self):
        self.lines = []
        self.named = {}  # Values of an enum -> the constant's name.

    def names_of(self, names):
        """The constant that holds the values' names; equal ones are written once."""
        name, values = names
        key = tuple(values)
        if key in self.named:
            return self.named[key]
        constant = f'k{name[:1].upper()}{name[1:]}Names'
        taken = set(self.named.values())
        count = 1
        while constant in taken:
            count += 1
            constant = f'k{name[:1].upper()}{name[1:]}Names{count}'
        self.named[key] = constant
        return constant

    @staticmethod
    def number(value):
        if value == -(1 << 63):
            return 'uint64_t{1} << 63'
        return f'{value}u' if value >= 0 else f'static_cast<uint64_t>(int64_t{{{value}}})'

    def field(self, field):
        """The expression that makes the field's constant."""
        head = f'{quoted(field.name)}, {field.offset}'
        if field.presence == 'kConstant' or field.kind in ('kScaled', 'kFloat'):
            parts = [f'.name = {quoted(field.name)}', f'.offset = {field.offset}', f'.length = {field.length}',
                     f'.kind = FieldKind::{field.kind}']
            if field.decimals:
                parts.append(f'.decimals = {field.decimals}')
            parts += [f'.is_signed = {str(field.signed).lower()}', f'.big_endian = {str(field.big).lower()}',
                      f'.presence = Presence::{field.presence}', f'.since = {field.since}']
            if field.presence != 'kRequired':
                parts.append(f'.number = {self.number(field.number)}')
            if field.text is not None:
                parts.append(f'.constant_text = {quoted(field.text)}')
            if field.names and field.names[1]:
                parts.append(f'.names = {self.names_of(field.names)}')
            if field.scaled:
                parts.append('.scaled = {%d, %d, %d}' % field.scaled)
            return 'FieldInfo{' + ', '.join(parts) + '}'
        if field.kind == 'kAlpha':
            made = f'Alpha({head}, {field.length})'
        elif field.kind == 'kChar':
            made = f'Letter({head})'
        else:
            order = 'BigEndian' if field.big else 'LittleEndian'
            number = f'{order}<{"" if field.signed else "u"}int{8 * field.length}_t>'
            made = f'{number}({head}, FieldKind::{field.kind}, {field.decimals})'
        if field.names and field.names[1]:
            made = f'sbe::Named({made}, {self.names_of(field.names)})'
        if field.presence == 'kOptional':
            made = f'sbe::Optional({made}, {self.number(field.number)})'
        if field.since:
            made = f'sbe::Since({made}, {field.since})'
        return made

    def block(self, schema, node, base, base_fields, path):
        """Fields, groups and data of a block. Returns the initializers of the three lists and the fields' end."""
        fields, groups, data = list(base_fields), [], []
        used = {}
        taken = {field.name for field in fields}

        def unique(name):
            made = name
            while made in taken:
                used[name] = used.get(name, 0) + 1
                made = f'{name}_{used[name] + 1}'
            taken.add(made)
            return made

        end = base
        for item in node:
            kind = local(item)
            since = int(item.get('sinceVersion') or 0)
            name = snake_case(item.get('name'))
            if kind == 'field':
                members, size = schema.resolve(item.get('type'), item)
                begin = base + schema.place(item, end - base)
                for member, info in members:
                    info = info.copy()
                    info.name = unique(f'{name}_{member}' if member else name)
                    info.offset += begin
                    info.since = since
                    fields.append(info)
                if size:
                    end = begin + size
            elif kind == 'group':
                groups.append(self.group(schema, item, unique(name), since, path))
            elif kind == 'data':
                data.append(self.data(schema, item, unique(name), since))
            else:
                schema.fail(item, 'none of field, group and data')
        length = node.get('blockLength')
        if length and int(length) < end - base:
            schema.fail(node, f'the blockLength {length} is less than the {end - base} bytes of its fields')
        return fields, groups, data, end

    def lists(self, parts, own, header_count):
        """Writes the constants of a block; returns the initializers."""
        fields, groups, data = parts
        for field in fields[header_count:]:
            self.lines.append(f'inline constexpr auto {constant_name(field.name)} = {self.field(field)};')
        out = ''
        if fields:
            refs = ', '.join(('&header::' if i < header_count else '&') + constant_name(field.name)
                             for i, field in enumerate(fields))
            self.lines.append(f'inline constexpr const FieldInfo* kFields[] = {{{refs}}};')
            out += ', .fields = kFields'
        else:
            out += ', .fields = {}'
        if groups:
            refs = ', '.join(f'&{name}::kGroup' for name in groups)
            self.lines.append(f'inline constexpr const GroupInfo* kGroups[] = {{{refs}}};')
            out += ', .groups = kGroups'
        for name, info in data:
            self.lines.append(f'inline constexpr DataInfo {name}{info};')
        if data:
            refs = ', '.join(f'&{name}' for name, _ in data)
            self.lines.append(f'inline constexpr const DataInfo* kData[] = {{{refs}}};')
            out += ', .data = kData'
        return out + own

    def group(self, schema, node, name, since, path):
        members, size = schema.dimension(node.get('dimensionType') or 'groupSizeEncoding', node)
        block_length = schema.number_in(members, 'block_length', node)
        count = schema.number_in(members, 'num_in_group', node)
        if path.count('/') >= MOST_DEPTH:
            schema.fail(node, 'groups within groups too deep')
        self.lines.append(f'namespace {name} {{')
        fields, groups, data, _ = self.block(schema, node, 0, [], f'{path}/{name}')
        lists = self.lists((fields, groups, data), '', 0)
        self.lines.append(f'inline constexpr GroupInfo kGroup{{.name = {quoted(name)}, .block_length = {block_length}, '
                          f'.count = {count}, .announcement_bytes = {size}, .big_endian = {str(schema.big).lower()}, '
                          f'.since = {since}{lists}}};')
        self.lines.append(f'}}  // namespace {name}')
        return name

    def data(self, schema, node, name, since):
        members, _ = schema.dimension(node.get('type'), node)
        length = schema.number_in(members, 'length', node)
        begin = sum(int(part) for part in length.strip('{}').split(','))
        big = str(schema.big).lower()
        field = f'{{.name = {quoted(name)}, .offset = 0, .length = 0, .kind = FieldKind::kAlpha}}'
        return constant_name(name), (f'{{.field = {field}, .length = {length}, .announcement_bytes = {begin}, '
                                     f'.big_endian = {big}, .since = {since}}}')

    def header(self, schema):
        self.lines.append('namespace header {')
        fields = []
        for name, field in schema.header[0]:
            field.name = name
            fields.append(field)
            self.lines.append(f'inline constexpr auto {constant_name(name)} = {self.field(field)};')
        self.lines.append(f'inline constexpr uint16_t kBytes = {schema.header_size};')
        refs = ', '.join('&' + constant_name(field.name) for field in fields)
        self.lines.append(f'inline constexpr const FieldInfo* kFields[] = {{{refs}}};')
        self.lines.append('}  // namespace header')
        return fields

    def message(self, schema, node, header):
        name = snake_case(node.get('name'))
        self.lines.append(f'namespace {name} {{')
        fields, groups, data, _ = self.block(schema, node, schema.header_size, header, name)
        first = int(node.get('sinceVersion') or 0)
        least = max([schema.header_size] + [field.offset + field.length for field in fields if field.since <= first])
        lists = self.lists((fields, groups, data), ', .is_template = true', len(header))
        self.lines.append(f'inline constexpr MessageInfo kMessage{{.type = {node.get("id")}, .name = {quoted(name)}, '
                          f'.length = {least}{lists}}};')
        self.lines.append(f'}}  // namespace {name}')
        return name


def generate(paths):
    schemas = [Schema(path) for path in paths]
    chosen = {}
    for schema in schemas:
        if schema.id != schemas[0].id or schema.big != schemas[0].big or schema.header_size != schemas[0].header_size:
            raise SchemaError(f'{schema.path}: another schema than {schemas[0].path}, not a version of it')
        seen = set()
        for node in schema.messages:
            template = int(node.get('id'))
            if template in seen:
                schema.fail(node, 'a second message has its id')
            seen.add(template)
            chosen[template] = (schema, node)
    writer = Writer()
    header = writer.header(schemas[-1])
    names = [writer.message(schema, node, header) for _, (schema, node) in sorted(chosen.items())]
    if len(set(names)) != len(names):
        raise SchemaError(f'{paths[-1]}: two messages have one name')
    tables = []
    for values, constant in writer.named.items():
        inner = ', '.join(f'{{{Writer.number(value)}, {quoted(name)}}}' for value, name in values)
        tables.append(f'inline constexpr NamedValue {constant}[] = {{{inner}}};')
    refs = ', '.join(f'&{name}::kMessage' for name in names)
    return tables + writer.lines + [f'inline constexpr uint32_t kSchemaId = {schemas[0].id};',
                                    f'inline constexpr const MessageInfo* kMessages[] = {{{refs}}};']


def main():
    arguments = argparse.ArgumentParser(description='Writes the messages of SBE schemas as C++ constants.')
    arguments.add_argument('--namespace', required=True)
    arguments.add_argument('--guard', required=True)
    arguments.add_argument('--out', required=True)
    arguments.add_argument('schemas', nargs='+', help='the oldest version first')
    given = arguments.parse_args()
    try:
        lines = generate(given.schemas)
    except (SchemaError, ValueError, TypeError, AttributeError, KeyError) as error:
        sys.exit(f'sbe_generate.py: {error if isinstance(error, SchemaError) else repr(error)}')
    head = [f'// Made by codecs/sbe/sbe_generate.py of {", ".join(path.rsplit("/", 1)[-1] for path in given.schemas)}.',
            f'#ifndef {given.guard}', f'#define {given.guard}', '#include <cstdint>', '#include "codecs/message.h"',
            '#include "codecs/sbe/sbe_fields.h"', f'namespace {given.namespace} {{']
    tail = [f'}}  // namespace {given.namespace}', f'#endif  // {given.guard}']
    with open(given.out, 'w', encoding='ascii', newline='\n') as out:
        out.write('\n'.join(head + lines + tail) + '\n')


if __name__ == '__main__':
    main()
