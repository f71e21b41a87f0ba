#!/usr/bin/env bash
# Writes COUNT made-up leads as CSV (default 3,000). Their phone numbers are 555-0100 to 555-0199 of
# real area codes, a range that is reserved for fiction and never assigned.
set -euo pipefail

awk -v count="${1:-3000}" 'BEGIN {
  split("201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 " \
        "234 239 240 248 251 252 253 254 256 260 262 267 269 270 276 281 301 302", area, " ")
  split("Ada Ben Cleo Dan Eve Finn Gwen Hugo Ida Jon Kim Leo Mia Ned Ola Pam Quin Rui Sue Tom", first, " ")
  split("Adams Baker Clark Davis Evans Ford Gray Hill Irwin Jones King Lewis Moore Nash Owens", last, " ")
  print "id,display_name,record_type,status,phone,email"
  for (i = 0; i < count; i++) {
    name = first[i % 20 + 1] " " last[int(i / 20) % 15 + 1]
    status = i % 5 == 0 ? "sales/working" : "sales/new"
    printf "L%05d,%s,contact,%s,+1%s55501%02d,lead%d@example.com\n", \
      i + 1, name, status, area[int(i / 100) % 40 + 1], i % 100, i + 1
  }
}'
